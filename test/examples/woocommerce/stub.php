<?php
// The few functions and classes of WordPress and WooCommerce that examples/woocommerce/doorbuster.php uses, so that its hooks can
// be run without a WordPress. Hooks, HTTP and the checkout's order of calls are as there; nothing else is.

const ABSPATH = '/';
define('DOORBUSTER_URL', getenv('DOORBUSTER_URL'));
define('DOORBUSTER_PAYMENT_SECRET', getenv('PAYMENT_WEBHOOK_SECRET'));

$hooks = [];
$notices = [];
$scheduled = [];
$redirect = null;
$product = null;

function add_action(string $name, callable $do, int $priority = 10, int $arguments = 1): void
{
    global $hooks;
    $hooks[$name][$priority][] = [$do, $arguments];
    ksort($hooks[$name]);
}
function add_filter(string $name, callable $do, int $priority = 10, int $arguments = 1): void
{
    add_action($name, $do, $priority, $arguments);
}
function remove_action(string $name, string $do, int $priority): void
{
    global $hooks;
    unset($hooks[$name][$priority]);
}
function do_action(string $name, ...$given): void
{
    global $hooks;
    foreach (array_keys($hooks[$name] ?? []) as $priority) {
        foreach ($hooks[$name][$priority] ?? [] as [$do, $arguments]) {
            $do(...array_slice($given, 0, $arguments));
        }
    }
}
function apply_filters(string $name, $value, ...$given)
{
    global $hooks;
    foreach ($hooks[$name] ?? [] as $filters) {
        foreach ($filters as [$do, $arguments]) {
            $value = $do(...array_slice([$value, ...$given], 0, $arguments));
        }
    }

    return $value;
}

function wp_remote_request(string $url, array $options)
{
    $lines = [];
    foreach ($options['headers'] as $name => $value) {
        $lines[] = "$name: $value";
    }
    $context = stream_context_create(['http' => [
        'method' => $options['method'], 'header' => $lines, 'content' => $options['body'], 'timeout' => $options['timeout'], 'ignore_errors' => true,
    ]]);
    $text = @file_get_contents($url, false, $context);
    preg_match('{^HTTP/\S+ (\d{3})}', $http_response_header[0] ?? '', $matches);

    return $text === false ? null : ['code' => (int) $matches[1], 'body' => $text];
}
function is_wp_error($answer): bool { return $answer === null; }
function wp_remote_retrieve_body(array $answer): string { return $answer['body']; }
function wp_remote_retrieve_response_code(array $answer): int { return $answer['code']; }
function wp_json_encode($value): string { return json_encode($value); }
function esc_url(string $url): string { return $url; }
function esc_html(string $text): string { return htmlspecialchars($text); }
function absint($value): int { return abs((int) $value); }
function wp_unslash(string $text): string { return stripslashes($text); }
function sanitize_text_field(string $text): string { return trim($text); }
function __(string $text): string { return $text; }
function wp_schedule_single_event(int $at, string $hook, array $arguments): void { global $scheduled; $scheduled[] = [$hook, $arguments]; }
function wc_add_notice(string $text): void { global $notices; $notices[] = $text; }
function wc_get_checkout_url(): string { return '/checkout/'; }
function wc_get_product(int $id) { return WC_Product::$all[$id] ?? false; }
function wc_get_order($id) { return WC_Order::$all[$id] ?? false; }
function WC(): object { static $wc; return $wc ??= (object) ['cart' => new WC_Cart()]; }

/** WordPress ends the request after a redirect; here the next step goes on. */
class Redirected extends Exception {}
function wp_safe_redirect(string $to): void { throw new Redirected($to); }

class WC_Product
{
    public static array $all = [];
    public function __construct(private int $id, private array $meta) { self::$all[$id] = $this; }
    public function get_id(): int { return $this->id; }
    public function get_meta(string $key) { return $this->meta[$key] ?? ''; }
}
class WC_Cart
{
    private array $items = [];
    public function get_cart(): array { return $this->items; }
    public function remove_cart_item(string $key): void { unset($this->items[$key]); }
    public function add_to_cart(int $productId, int $quantity, int $variation, array $attributes, array $data): void
    {
        $this->items[md5(json_encode([$productId, $data]))] = ['product_id' => $productId, 'quantity' => $quantity] + $data;
    }
}
class WC_Order_Item
{
    public array $meta = [];
    public function __construct(private int $quantity) {}
    public function get_quantity(): int { return $this->quantity; }
    public function get_meta(string $key) { return $this->meta[$key] ?? ''; }
    public function add_meta_data(string $key, string $value): void { $this->meta[$key] = $value; }
    public function update_meta_data(string $key, string $value): void { $this->meta[$key] = $value; }
    public function save(): void {}
}
class WC_Order
{
    public static array $all = [];
    public string $status = 'pending';
    public array $notes = [];
    public function __construct(private int $id, private array $items) { self::$all[$id] = $this; }
    public function get_id(): int { return $this->id; }
    public function get_items(): array { return $this->items; }
    public function add_order_note(string $note): void { $this->notes[] = $note; }
    public function update_status(string $status, string $note = ''): void { $this->status = $status; $this->notes[] = $note; }
}
