/**
 * Returns the path and query of a request target, which may also have the absolute form,
 * `http://host/path` (RFC 9112, 3.2.2).
 */
export function originForm(target: string): string {
  const [authority] = /^https?:\/\/[^/?#@]+/i.exec(target) ?? []
  if (authority === undefined) return target
  const rest = target.slice(authority.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}
