<?php
// Feed links in the head as most themes have them; nothing else that would only make the recordings large.
add_theme_support( 'automatic-feed-links' );
remove_action( 'wp_head', 'print_emoji_detection_script', 7 );
remove_action( 'wp_print_styles', 'print_emoji_styles' );
add_action(
	'wp_enqueue_scripts',
	function () {
		foreach ( array( 'wp-block-library', 'classic-theme-styles', 'global-styles' ) as $style ) {
			wp_dequeue_style( $style );
		}
	},
	100
);
