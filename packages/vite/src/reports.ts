import type { WriteLine } from '@wildcast/relay/config'
import type { HotPayload, Logger } from 'vite'
import { mistakePlace } from './mistake-place.js'

/** Shows what happens to a relay: in Vite's terminal, and over the page. */
export interface Reports {
  info(line: string): void
  /** A line of the relay's log. Errors of components are shown over the page, too. */
  readonly write: WriteLine
  /** Shows why the relay or a part of it doesn't run, also over pages that are opened later. */
  failed(cause: unknown): void
  /** Everything runs again. */
  cleared(): void
}

/** The part of Vite's socket that reports need. */
export interface Overlay {
  readonly clients: ReadonlySet<unknown>
  send(payload: HotPayload): void
  on(event: 'connection', listener: () => void): void
}

type ErrorPayload = Extract<HotPayload, { type: 'error' }>

/** Opens the reports of a server. The preview has no overlay. */
export function openReports(logger: Pick<Logger, 'info' | 'warn' | 'error'>, overlay?: Overlay): Reports {
  let lasting: ErrorPayload | undefined
  let shown = false
  // Vite keeps an error for the next page, which may be fixed by then.
  const show = (payload: ErrorPayload): void => {
    if (!overlay || overlay.clients.size === 0) return
    shown = true
    overlay.send(payload)
  }
  overlay?.on('connection', () => lasting && show(lasting))
  const print = (level: 'info' | 'warn' | 'error', line: string): void =>
    logger[level](`[wildcast] ${line}`, { timestamp: true })
  return {
    info: (line) => print('info', line),
    write(level, { stage, broker }, text, error) {
      print(level, `${typeof broker === 'string' && stage !== 'component' ? `broker "${broker}": ` : ''}${text}`)
      if (error && stage === 'component') show(overlayOf(error))
    },
    failed(cause) {
      print('error', textOf(cause))
      lasting = overlayOf(cause)
      show(lasting)
    },
    cleared() {
      lasting = undefined
      if (shown) overlay?.send({ type: 'update', updates: [] }) // closes the overlay
      shown = false
    },
  }
}

/** The message of an error. */
export function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function overlayOf(cause: unknown): ErrorPayload {
  const place = mistakePlace(cause)
  return {
    type: 'error',
    err: {
      message: textOf(cause),
      stack: '',
      plugin: 'wildcast',
      ...(place && { id: place.file }),
      ...(place?.line !== undefined && { loc: { file: place.file, line: place.line, column: 0 } }),
    },
  }
}
