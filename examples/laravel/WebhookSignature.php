<?php
// Verifies what Doorbuster sends (Standard Webhooks). In a Laravel shop: app/Services/WebhookSignature.php.

final class WebhookSignature
{
    private const TOLERANCE_SECONDS = 300;

    /**
     * Returns the event, or null where the signature is not valid. $body is the request's body as it came: verify the
     * bytes, then decode them. $signature can hold several signatures, because secrets are rotated without a gap.
     */
    public static function verify(string $secret, string $id, string $timestamp, string $signature, string $body): ?array
    {
        if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > self::TOLERANCE_SECONDS) {
            return null;
        }
        $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
        if ($key === false || $key === '') {
            throw new InvalidArgumentException('The webhook secret is whsec_ and a key in base64');
        }
        $expected = base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
        foreach (explode(' ', $signature) as $candidate) {
            [$version, $value] = array_pad(explode(',', $candidate, 2), 2, '');
            if ($version === 'v1' && hash_equals($expected, $value)) {
                return json_decode($body, true);
            }
        }

        return null;
    }
}
