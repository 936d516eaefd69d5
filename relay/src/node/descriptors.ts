import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'

/** Descriptors that clients leave to the rest of the process: links to brokers, files, pipes. */
const mostReserved = 32

/** The limit of a running process may be changed. */
const readAgainMs = 1000

/** What a refused client has sent meanwhile is read, or its system might drop the answer. */
const readMs = 100

const refusal =
  'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\nContent-Type: text/plain\r\n\r\n'

export interface DescriptorsOptions {
  readonly clock: Clock
  readonly onError: OnFailure
  /** How many descriptors this process may have. @default as the system says */
  readonly limit?: () => number
}

/**
 * Refuses connections before the process is out of file descriptors. Past the limit the system
 * closes new connections on its own and nothing in the process notices: no log line, and no
 * descriptor left to reach a broker again.
 * @returns false if the connection was refused, with 503
 */
export function descriptors({
  clock,
  onError,
  limit = openFilesLimit,
}: DescriptorsOptions): (socket: Socket) => boolean {
  let most = limit()
  let readAtMs = clock.now()

  function current(): number {
    if (clock.now() - readAtMs < readAgainMs) return most
    readAtMs = clock.now()
    most = limit()
    return most
  }

  return (socket) => {
    const { fd = -1 } = (socket as Handled)._handle ?? {}
    const allowed = current()
    const reserved = Math.min(mostReserved, Math.floor(allowed / 8))
    // The system gives the lowest one that is free, so this many are in use at least at times like
    // these.
    if (fd < allowed - reserved) return true
    // A client that keeps its own side open must not keep the descriptor as well.
    socket.end(refusal)
    socket.once(
      'close',
      clock.after(readMs, () => socket.destroy()),
    )
    const why = `${fd} file descriptors are in use, of ${allowed}: new connections are refused`
    onError(new WildcastError('internal', `${why}; raise the limit, with "ulimit -n" or LimitNOFILE in systemd`), {
      stage: 'accept',
    })
    return false
  }
}

type Handled = Socket & { readonly _handle?: { readonly fd?: number } | null }

/** Infinity if the system does not say. */
export function openFilesLimit(): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return Number(limit ?? Number.POSITIVE_INFINITY)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    return code === 'EMFILE' || code === 'ENFILE' ? 0 : Number.POSITIVE_INFINITY
  }
}
