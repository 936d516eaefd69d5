/**
 * Whether a text is a valid header name: a token (RFC 9110, 5.6.2), so that it can't inject a
 * broker's own syntax. `__proto__` is invalid, since MessagePack readers refuse it: one publisher
 * could break the subscriptions of others with it.
 */
export function isHeaderName(text: string): boolean {
  return /^(?!__proto__$)[\w!#$%&'*.^`|~+-]+$/.test(text)
}

/** Whether a text is a valid header value: well-formed, without control characters. */
export function isHeaderValue(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text)
}
