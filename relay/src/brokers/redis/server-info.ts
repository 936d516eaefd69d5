/** The facts that a server reports of itself. */
export interface ServerInfo {
  readonly version: string
  readonly replica: boolean
  readonly loading: boolean
  /** It is a node of a cluster. */
  readonly cluster: boolean
  /** Identifies this run of the server. Empty if it is unknown. */
  readonly runId: string
  /** How it makes room by dropping keys that do not expire, such as `allkeys-lru`, if it does. */
  readonly evicts?: string | undefined
}

/** Parses the reply to `INFO`. */
export function serverInfo(text: string): ServerInfo {
  const facts = new Map(text.split('\r\n').map((line) => line.split(':', 2) as [string, string]))
  const [most, policy] = [facts.get('maxmemory') ?? '0', facts.get('maxmemory_policy')]
  return {
    version: facts.get('redis_version') ?? '',
    replica: facts.get('role') === 'slave',
    loading: facts.get('loading') === '1',
    cluster: facts.get('cluster_enabled') === '1',
    runId: facts.get('run_id') ?? '',
    evicts: most !== '0' && policy?.startsWith('allkeys-') ? policy : undefined,
  }
}

/** The facts if the relay's user may not run `INFO`. */
export const unknownServer: ServerInfo = { version: '', replica: false, loading: false, cluster: false, runId: '' }

/** Whether a version such as `7.0.15` is older than another. An unknown version isn't. */
export function isOlder(version: string, than: string): boolean {
  if (!/^\d+(?:\.\d+)*$/.test(version)) return false
  return version.localeCompare(than, 'en', { numeric: true }) < 0
}
