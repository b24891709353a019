<?php
/**
 * Plugin Name: Doorbuster beside WooCommerce (an example)
 * Description: Doorbuster holds and counts the units of limited products. Cart, checkout, payment, tax and mails stay WooCommerce's.
 * Requires at least: 6.5
 * Requires PHP: 8.1
 * Requires Plugins: woocommerce
 *
 * In wp-config.php: define('DOORBUSTER_URL', 'https://drops.example'); define('DOORBUSTER_PAYMENT_SECRET', 'whsec_…');
 * A simple product with the custom field doorbuster_product is sold here, at WooCommerce's price and without its stock management.
 */

defined('ABSPATH') || exit;

/** Calls Doorbuster. Returns the HTTP status, 0 without an answer, and the decoded answer. */
function doorbuster_call(string $method, string $path, ?array $body = null, array $headers = []): array
{
    $text = $body === null ? '' : wp_json_encode($body);
    $answer = wp_remote_request(DOORBUSTER_URL . $path, [
        'method' => $method,
        'headers' => $body === null ? $headers : ['Content-Type' => 'application/json'] + $headers,
        'body' => $text,
        'timeout' => 10,
    ]);
    if (is_wp_error($answer)) {
        return [0, []];
    }
    $decoded = json_decode(wp_remote_retrieve_body($answer), true);

    return [(int) wp_remote_retrieve_response_code($answer), is_array($decoded) ? $decoded : []];
}

function doorbuster_product_of(WC_Product $product): int
{
    return (int) $product->get_meta('doorbuster_product');
}

// 1. The product's page: Doorbuster's button takes the place of WooCommerce's. Its checkout event brings the hold here.
add_action('woocommerce_single_product_summary', function (): void {
    global $product;
    if (!$product instanceof WC_Product || doorbuster_product_of($product) === 0) {
        return;
    }
    remove_action('woocommerce_single_product_summary', 'woocommerce_template_single_add_to_cart', 30);
    printf(
        '<script type="module" src="%1$s/embed.js"></script>
<form method="post" hidden><input name="doorbuster_hold"><input name="doorbuster_token"><input name="doorbuster_for" value="%2$d"></form>
<doorbuster-buy product="%3$d"></doorbuster-buy>
<script type="module">
  const button = document.querySelector("doorbuster-buy")
  button.addEventListener("checkout", (event) => {
    event.preventDefault()
    const { elements } = button.previousElementSibling
    elements.doorbuster_hold.value = event.detail.hold_id
    elements.doorbuster_token.value = event.detail.token
    button.previousElementSibling.submit()
  })
</script>',
        esc_url(DOORBUSTER_URL),
        $product->get_id(),
        doorbuster_product_of($product),
    );
}, 5);

// 2. The hold comes into the cart, with its key, which proves that it is this buyer's.
add_action('template_redirect', function (): void {
    if (!isset($_POST['doorbuster_hold'], $_POST['doorbuster_token'], $_POST['doorbuster_for'])) {
        return;
    }
    $holdId = absint($_POST['doorbuster_hold']);
    $token = sanitize_text_field(wp_unslash($_POST['doorbuster_token']));
    $product = wc_get_product(absint($_POST['doorbuster_for']));
    [$status, $hold] = doorbuster_call('GET', "/api/holds/$holdId", null, ['Authorization' => "Bearer $token"]);
    $isOurs = $product && $status === 200 && $hold['status'] === 'active'
        && $hold['product_id'] === doorbuster_product_of($product);
    if (!$isOurs) {
        wc_add_notice(__('Your reservation has ended. Please reserve again.', 'doorbuster'), 'error');

        return;
    }
    foreach (WC()->cart->get_cart() as $key => $item) {
        if (($item['doorbuster']['hold_id'] ?? null) === $holdId) {
            WC()->cart->remove_cart_item($key);
        }
    }
    $kept = ['hold_id' => $holdId, 'token' => $token, 'qty' => $hold['qty'], 'expires_at' => $hold['expires_at']];
    WC()->cart->add_to_cart($product->get_id(), $hold['qty'], 0, [], ['doorbuster' => $kept]);
    wp_safe_redirect(wc_get_checkout_url());
    exit;
});

// There is no other way into the cart, and the quantity is that of the hold: in the cart's page, and in the cart's block.
add_filter('woocommerce_add_to_cart_validation', function (bool $passed, int $productId): bool {
    $product = wc_get_product($productId);

    return $passed && (!$product || doorbuster_product_of($product) === 0);
}, 10, 2);
add_filter('woocommerce_update_cart_validation', fn (bool $passed, string $key, array $item, $quantity): bool =>
    $passed && (!isset($item['doorbuster']) || (int) $quantity === 0), 10, 4);
add_filter('woocommerce_cart_item_quantity', fn ($html, string $key, array $item) =>
    isset($item['doorbuster']) ? esc_html((string) $item['quantity']) : $html, 10, 3);
add_filter('woocommerce_store_api_product_quantity_editable', fn ($editable, $product, $item = null) =>
    is_array($item) && isset($item['doorbuster']) ? false : $editable, 10, 3);

// 3. What has ended leaves the cart, before the buyer fills in a form for it.
add_action('woocommerce_check_cart_items', function (): void {
    foreach (WC()->cart->get_cart() as $key => $item) {
        if (isset($item['doorbuster']) && strtotime($item['doorbuster']['expires_at']) <= time()) {
            WC()->cart->remove_cart_item($key);
            wc_add_notice(__('Your reservation has ended. Please reserve again.', 'doorbuster'), 'error');
        }
    }
});
add_action('woocommerce_checkout_create_order_line_item', function ($line, string $key, array $item): void {
    if (isset($item['doorbuster'])) {
        $line->add_meta_data('_doorbuster', wp_json_encode($item['doorbuster']), true);
    }
}, 10, 3);

// 4. The order is there and not paid yet: the hold becomes Doorbuster's order. An exception ends the checkout, so no money is taken.
function doorbuster_make_orders(WC_Order $order): void
{
    foreach ($order->get_items() as $line) {
        $held = json_decode((string) $line->get_meta('_doorbuster'), true);
        if (!is_array($held) || (int) $line->get_meta('_doorbuster_order') > 0) {
            continue;
        }
        if ($line->get_quantity() !== $held['qty']) {
            throw new Exception(__('The quantity is not that of your reservation.', 'doorbuster'));
        }
        $body = ['hold_id' => $held['hold_id'], 'reference' => "WC-{$order->get_id()}"];
        [$status, $made] = doorbuster_call('POST', '/api/orders', $body, ['Authorization' => "Bearer {$held['token']}"]);
        // A checkout that is sent again, such as after a declined card, finds the order of the first time.
        $madeId = $made['order_id'] ?? null;
        if ($status === 409 && ($made['code'] ?? '') === 'hold_already_used' && $madeId !== null) {
            [$status, $made] = doorbuster_call('GET', "/api/orders/$madeId", null, ['Authorization' => "Bearer {$held['token']}"]);
            $status = ($made['status'] ?? '') === 'pending_payment' ? $status : 409;
        }
        if ($status >= 400 || $status === 0) {
            throw new Exception(__('Your reservation has ended. Please reserve again.', 'doorbuster'));
        }
        $line->update_meta_data('_doorbuster_order', (string) $made['order_id']);
        $line->update_meta_data('_doorbuster_due', wp_json_encode([$made['total_minor'], $made['currency']]));
        $line->save();
    }
}
add_action('woocommerce_checkout_order_processed', fn ($orderId, $posted, $order) => doorbuster_make_orders($order), 10, 3);
add_action('woocommerce_store_api_checkout_order_processed', 'doorbuster_make_orders');

// 5. WooCommerce has the money. Doorbuster's answer decides: money that came too late has to go back.
add_action('woocommerce_payment_complete', 'doorbuster_report_order');
add_action('doorbuster_report_again', 'doorbuster_report_order');
function doorbuster_report_order($orderId): void
{
    $order = wc_get_order($orderId);
    foreach ($order ? $order->get_items() : [] as $line) {
        $doorbusterId = (int) $line->get_meta('_doorbuster_order');
        if ($doorbusterId === 0) {
            continue;
        }
        // Goods only: shipping and tax that WooCommerce adds are no business of Doorbuster.
        [$amount, $currency] = json_decode((string) $line->get_meta('_doorbuster_due'), true);
        [$status, $answer] = doorbuster_report([
            'idempotency_key' => "wc-$orderId-$doorbusterId",
            'order_id' => $doorbusterId,
            'status' => 'success',
            'payment_id' => "wc-$orderId",
            'amount_minor' => $amount,
            'currency' => $currency,
        ]);
        if (($answer['outcome'] ?? '') === 'paid') {
            $order->add_order_note("Doorbuster: order $doorbusterId is paid");
        } elseif ($status === 0 || $status >= 500) {
            // A repetition is safe: it carries the same key.
            wp_schedule_single_event(time() + 60, 'doorbuster_report_again', [$orderId]);
        } else {
            $order->update_status('on-hold', "Doorbuster: too late, do not ship and refund (order $doorbusterId)");
        }
    }
}

/** Sends the result of a payment, signed as Standard Webhooks says. */
function doorbuster_report(array $payment): array
{
    $id = $payment['idempotency_key'];
    $timestamp = (string) time();
    $key = base64_decode(preg_replace('/^whsec_/', '', DOORBUSTER_PAYMENT_SECRET));
    $signature = base64_encode(hash_hmac('sha256', "$id.$timestamp." . wp_json_encode($payment), $key, true));

    return doorbuster_call('POST', '/api/payments/webhook', $payment, [
        'webhook-id' => $id,
        'webhook-timestamp' => $timestamp,
        'webhook-signature' => "v1,$signature",
    ]);
}

// 6. An order that is cancelled, also by WooCommerce for want of payment, gives its units back at once.
add_action('woocommerce_order_status_cancelled', function ($orderId): void {
    $order = wc_get_order($orderId);
    foreach ($order ? $order->get_items() : [] as $line) {
        $doorbusterId = (int) $line->get_meta('_doorbuster_order');
        $held = json_decode((string) $line->get_meta('_doorbuster'), true);
        if ($doorbusterId > 0 && is_array($held)) {
            doorbuster_call('POST', "/api/orders/$doorbusterId/cancel", null, ['Authorization' => "Bearer {$held['token']}"]);
        }
    }
});
