import { isIP } from 'node:net'

/** The options of Vite's servers that concern hosts. */
export interface AllowedHosts {
  readonly allowedHosts?: readonly string[] | true | undefined
  readonly host?: string | boolean | undefined
  readonly https?: unknown
}

/**
 * Returns whether a request may name a host, by Vite's own rules: otherwise a page could reach the
 * server under a name of its own that resolves to this machine.
 */
export function allowsHost({ allowedHosts, host: own, https }: AllowedHosts): (host: string | undefined) => boolean {
  if (https || !Array.isArray(allowedHosts)) return () => true
  const allowed: readonly unknown[] = [...allowedHosts, own, 'localhost', '.localhost']
  return (host) => {
    if (host === undefined) return true
    const name = host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')
    return (
      isIP(name) > 0 ||
      allowed.some(
        (one) => typeof one === 'string' && (one === name || (one.startsWith('.') && `.${name}`.endsWith(one))),
      )
    )
  }
}
