<?php
// Fills the site: one author, a subscriber, six posts, a page, and the comments that make counting hard.
define( 'WP_INSTALLING', true );
$url                    = getenv( 'BLOG_URL' );
$_SERVER['HTTP_HOST']   = parse_url( $url, PHP_URL_HOST ) . ':' . parse_url( $url, PHP_URL_PORT );
$_SERVER['REQUEST_URI'] = '/';
require getenv( 'BLOG_ROOT' ) . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

function wp_mail() {
	return true; // nobody is to be written to
}

wp_install( 'Gnomon &amp; Notes', 'robin', 'robin@blog.example', true, '', wp_generate_password() );
foreach ( get_posts( array( 'post_type' => array( 'post', 'page' ), 'post_status' => 'any', 'numberposts' => -1 ) ) as $sample ) {
	wp_delete_post( $sample->ID, true );
}
global $wpdb, $wp_rewrite;
$wpdb->query( "ALTER TABLE {$wpdb->comments} AUTO_INCREMENT = 81" );

update_option( 'siteurl', $url );
update_option( 'home', $url );
update_option( 'blogdescription', 'Sundials, Python and give-aways' );
update_option( 'posts_per_rss', 4 );
update_option( 'timezone_string', 'Europe/Berlin' );
update_option( 'close_comments_for_old_posts', 0 );
$wp_rewrite->set_permalink_structure( '/%postname%/' );
switch_theme( 'plain' );
wp_update_user( array( 'ID' => 1, 'display_name' => 'Robin Vale', 'user_url' => $url . '/' ) );
$reader = wp_insert_user(
	array(
		'user_login'   => 'subscriber',
		'user_pass'    => wp_generate_password(),
		'display_name' => 'Sam Subscriber',
		'user_email'   => 'sam@sam.example',
		'role'         => 'subscriber',
	)
);

$categories = array();
foreach ( array( 'Making &amp; Mending', 'Give-aways' ) as $name ) {
	$categories[ $name ] = wp_insert_term( $name, 'category' )['term_id'];
}

$posts = array(
	array( 301, 'Hello, workshop', 'hello-workshop', '2026-08-03 07:00:00', 'Uncategorized', array(), 'A first note.' ),
	array( 304, 'Ten free templates', 'ten-free-templates', '2026-08-20 16:45:00', 'Give-aways', array( 'Templates', 'Free stuff' ), 'Take them.' ),
	array( 308, 'Why gnomons lean', 'why-gnomons-lean', '2026-09-05 06:15:00', 'Making &amp; Mending', array( 'Sundials' ), 'Latitude, mostly.' ),
	array( 311, 'Sundials &amp; <em>Python</em>: 5 &lt; 6', 'sundials-python', '2026-10-02 07:30:00', 'Making &amp; Mending', array( 'Python', 'Sundials' ), '<p>How to <strong>compute</strong> an hour line&nbsp;&mdash; caf&eacute; edition.</p>' ),
	array( 315, 'Café notes, “quoted”', 'cafe-notes', '2026-10-11 19:00:00', 'Making &amp; Mending', array( 'Writing' ), 'Umlauts: äöü, and a snake: 🐍.' ),
	array( 320, 'The report is out', 'the-report-is-out', '2026-10-24 22:30:00', 'Give-aways', array( 'Free stuff', 'Python' ), 'Download it.' ),
);
foreach ( $posts as list( $id, $title, $slug, $gmt, $category, $tags, $text ) ) {
	$made = wp_insert_post(
		array(
			'import_id'         => $id,
			'post_title'        => $title,
			'post_name'         => $slug,
			'post_content'      => $text,
			'post_status'       => 'publish',
			'post_author'       => 1,
			'post_date_gmt'     => $gmt,
			'post_date'         => get_date_from_gmt( $gmt ),
			'post_modified_gmt' => $gmt,
			'comment_status'    => 'open',
			'guid'              => $url . '/?p=' . $id,
			'post_category'     => array( $categories[ $category ] ?? 1 ),
			'tags_input'        => $tags,
		),
		true
	);
	if ( $made !== $id ) {
		exit( 'a post could not be made' );
	}
	// wp_insert_post dates every change to now; a recording must say the same thing each time it is made
	$wpdb->update( $wpdb->posts, array( 'post_modified_gmt' => $gmt, 'post_modified' => get_date_from_gmt( $gmt ) ), array( 'ID' => $id ) );
	clean_post_cache( $id );
}
wp_insert_post(
	array(
		'import_id'      => 330,
		'post_type'      => 'page',
		'post_title'     => 'About',
		'post_name'      => 'about',
		'post_status'    => 'publish',
		'post_author'    => 1,
		'post_date_gmt'  => '2026-08-01 08:00:00',
		'post_date'      => get_date_from_gmt( '2026-08-01 08:00:00' ),
		'comment_status' => 'open',
		'guid'           => $url . '/?page_id=330',
	)
);

function comment( $post, $gmt, $name, $site, $text, $more = array() ) {
	return wp_insert_comment(
		array_merge(
			array(
				'comment_post_ID'      => $post,
				'comment_date_gmt'     => $gmt,
				'comment_date'         => get_date_from_gmt( $gmt ),
				'comment_author'       => $name,
				'comment_author_url'   => $site,
				'comment_author_email' => '',
				'comment_content'      => $text,
				'comment_approved'     => 1,
				'comment_type'         => 'comment',
			),
			$more
		)
	);
}

$robin = array( 'user_id' => 1 );
comment( 301, '2026-08-04 10:00:00', 'Old Friend', '', 'Good to see you write again.' );
$ada = comment( 311, '2026-10-03 09:12:00', 'Ada', 'https://Ada.example/Notes/', 'Lovely &amp; clear, <em>thank you</em>.' );
$answer = comment( 311, '2026-10-03 11:00:00', 'Robin Vale', $url . '/', 'You are welcome, Ada!', $robin + array( 'comment_parent' => $ada ) );
comment( 311, '2026-10-03 12:30:00', 'Bo Åström', '', 'May I join in?', array( 'comment_parent' => $answer ) );
comment( 311, '2026-10-04 08:00:00', 'Spam Shop', 'https://spam.example/', 'Buy this', array( 'comment_approved' => 0 ) );
comment( 311, '2026-10-05 15:20:00', 'A week of sundials &#8211; Other Blog', 'https://other.example/week-of-sundials/', '[&#8230;] Robin explains hour lines better than anyone [&#8230;]', array( 'comment_type' => 'pingback' ) );
comment( 315, '2026-10-12 06:05:00', 'Sam Subscriber', '', 'Signed in, no site.', array( 'user_id' => $reader ) );
comment( 320, '2026-10-25 01:00:00', 'Ada', 'https://ada.example/notes', 'Free? You are generous.' );
comment( 330, '2026-10-26 18:00:00', 'Cy', 'http://cy.example', 'Nice page about you.' );
$wp_rewrite->flush_rules( false );
