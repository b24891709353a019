<?php
// Calls Doorbuster from PHP, with nothing but PHP itself. In a Laravel shop: app/Services/Doorbuster.php.

final class DoorbusterRefused extends RuntimeException
{
    /**
     * @param string $problem The machine-readable code of the refusal, such as out_of_stock.
     * @param array $document The whole problem document: out_of_stock of a basket has its lines that lack units.
     */
    public function __construct(
        public readonly string $problem,
        string $message,
        public readonly int $status,
        public readonly array $document = [],
    ) {
        parent::__construct($message);
    }
}

final class Doorbuster
{
    public function __construct(private readonly string $url, private readonly float $timeoutSeconds = 10.0)
    {
    }

    /** Holds $quantity units for the time of the product. The answer's token proves who owns the hold: keep it secret. */
    public function hold(int $productId, int $quantity, ?string $customerId = null): array
    {
        return $this->placeHold(['product_id' => $productId, 'qty' => $quantity], $customerId);
    }

    /**
     * Holds units of several variants of one product, such as sizes: all lines, or none.
     *
     * @param list<array{variant_id: int, qty: int}> $lines Up to 20, each variant once.
     */
    public function holdLines(int $productId, array $lines, ?string $customerId = null): array
    {
        return $this->placeHold(['product_id' => $productId, 'lines' => $lines], $customerId);
    }

    private function placeHold(array $body, ?string $customerId): array
    {
        if ($customerId !== null) {
            $body['customer_id'] = $customerId;
        }

        // The same key makes a repetition safe: after a lost answer it gets the first answer again, not a second hold.
        return $this->post('/api/holds', $body, ['Idempotency-Key' => bin2hex(random_bytes(16))]);
    }

    /** Turns a hold into an order that waits for its payment, at the price of the moment of the hold. */
    public function order(array $hold): array
    {
        return $this->post('/api/orders', ['hold_id' => $hold['hold_id']], ['Authorization' => "Bearer {$hold['token']}"]);
    }

    /** The order as it is now. */
    public function show(array $order, array $hold): array
    {
        return $this->send('GET', "/api/orders/{$order['order_id']}", null, ['Authorization' => "Bearer {$hold['token']}"]);
    }

    /** Sends JSON and returns the answer. Throws DoorbusterRefused for a refusal, RuntimeException without an answer. */
    public function post(string $path, array $body, array $headers = []): array
    {
        return $this->send('POST', $path, $body, $headers);
    }

    private function send(string $method, string $path, ?array $body, array $headers): array
    {
        // A connection that breaks, or a server that asks to come back (503): the request is safe to repeat, because
        // a hold has its key, and an order can be made from a hold only once.
        for ($try = 1; ; $try++) {
            [$status, $answer] = $this->exchange($method, $path, $body, $headers);
            if (($status !== 0 && $status !== 503) || $try === 3) {
                break;
            }
            usleep($try * 500_000);
        }
        if ($status === 0) {
            throw new RuntimeException("Doorbuster at {$this->url} does not answer");
        }
        if ($status >= 400) {
            $message = $answer['detail'] ?? $answer['title'] ?? '';
            throw new DoorbusterRefused($answer['code'] ?? 'unknown', $message, $status, $answer);
        }

        return $answer;
    }

    /** @return array{int, array} The HTTP status, 0 without an answer, and the decoded body. */
    private function exchange(string $method, string $path, ?array $body, array $headers): array
    {
        $lines = [];
        foreach ($headers as $name => $value) {
            $lines[] = "$name: $value";
        }
        $content = '';
        if ($body !== null) {
            $lines[] = 'Content-Type: application/json';
            $content = json_encode((object) $body, JSON_THROW_ON_ERROR);
        }
        $context = stream_context_create(['http' => [
            'method' => $method,
            'header' => $lines,
            'content' => $content,
            'timeout' => $this->timeoutSeconds,
            'ignore_errors' => true,
        ]]);
        $text = @file_get_contents($this->url . $path, false, $context);
        if ($text === false) {
            return [0, []];
        }
        preg_match('{^HTTP/\S+ (\d{3})}', $http_response_header[0] ?? '', $matches);
        $answer = json_decode($text, true);

        return [(int) ($matches[1] ?? 0), is_array($answer) ? $answer : []];
    }
}
