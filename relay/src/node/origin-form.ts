/**
 * The path and query of a request target. A server takes the absolute form, `http://host/path`, as
 * well as `/path` (RFC 9112, 3.2.2).
 */
export function originForm(target: string): string {
  const [authority] = /^https?:\/\/[^/?#@]+/i.exec(target) ?? []
  if (authority === undefined) return target
  const rest = target.slice(authority.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}
