/** The facts that a server reports of itself. */
export interface ServerInfo {
  readonly version: string
  readonly replica: boolean
  readonly loading: boolean
  /** It is a node of a cluster. */
  readonly cluster: boolean
}

/** Parses the reply to `INFO`. */
export function serverInfo(text: string): ServerInfo {
  const facts = new Map(text.split('\r\n').map((line) => line.split(':', 2) as [string, string]))
  return {
    version: facts.get('redis_version') ?? '',
    replica: facts.get('role') === 'slave',
    loading: facts.get('loading') === '1',
    cluster: facts.get('cluster_enabled') === '1',
  }
}

/** The facts if the relay's user may not run `INFO`. */
export const unknownServer: ServerInfo = { version: '', replica: false, loading: false, cluster: false }

/** Whether a version such as `7.0.15` is older than another. An unknown version isn't. */
export function isOlder(version: string, than: string): boolean {
  if (!/^\d+(?:\.\d+)*$/.test(version)) return false
  return version.localeCompare(than, 'en', { numeric: true }) < 0
}
