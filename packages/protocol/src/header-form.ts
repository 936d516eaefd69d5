/**
 * Whether a text may name a header: a token (RFC 9110, 5.6.2), so that no broker's own syntax can
 * be reached through it. `__proto__` is a name that MessagePack readers refuse: one publisher could
 * break the others' subscriptions with it.
 */
export function isHeaderName(text: string): boolean {
  return /^(?!__proto__$)[\w!#$%&'*.^`|~+-]+$/.test(text)
}

/** Whether a text may be a header's value: well-formed, without control characters. */
export function isHeaderValue(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text)
}
