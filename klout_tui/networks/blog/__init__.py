"""An independent blog: any feed, and WordPress's public interface where it is open."""

from klout_tui.networks.blog.adapter import Blog

__all__ = ["Blog"]
