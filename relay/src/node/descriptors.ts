import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'

/** Descriptors reserved for the rest of the process: links to brokers, files, pipes. */
const mostReserved = 32

/** The limit of a running process can change. */
const readAgainMs = 1000

/** How long the input of a refused client is read: otherwise its system might drop the answer. */
const readMs = 100

const unavailable =
  'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n' +
  'Content-Type: text/plain\r\n\r\n'

export interface DescriptorsOptions {
  readonly clock: Clock
  readonly onError: OnFailure
  /** The most descriptors that this process may have. @default the system's limit */
  readonly limit?: () => number
  /** Sent to refused clients. @default 503 of HTTP */
  readonly refusal?: string
}

/**
 * Refuses connections before the process runs out of file descriptors. Past the limit the system
 * itself closes new connections, without notice: no log line, and no descriptor left to reconnect
 * to a broker.
 * @returns false if the connection was refused
 */
export function descriptors({
  clock,
  onError,
  limit = openFilesLimit,
  refusal = unavailable,
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
    // The system assigns the lowest free number, so all lower ones are in use.
    if (fd < allowed - reserved) return true
    // A client that keeps its own side open must not keep the descriptor, too.
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

/** Returns Infinity if the system states no limit. */
export function openFilesLimit(): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return Number(limit ?? Number.POSITIVE_INFINITY)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    return code === 'EMFILE' || code === 'ENFILE' ? 0 : Number.POSITIVE_INFINITY
  }
}
