import { type ClientFrame, firstFinalCloseCode, type RelayFrame, WildcastError } from '@wildcast/protocol'
import { toCloseError } from './failure.js'
import type { ErrorStage, OnError } from './options.js'
import type { OpenTransport, Transport, TransportSettings } from './transports/transport.js'

/** What a line tells. */
export interface LineEvents {
  /** `Connect` is on its way, and frames may follow. */
  open(): void
  frame(frame: RelayFrame): void
  /** The attempt failed, or the line broke. Nothing follows. */
  close(reason: WildcastError, final: boolean): void
}

/** How to reach the relay. */
export interface LineSettings extends TransportSettings {
  readonly token: string | (() => string | Promise<string>) | undefined
  readonly loadTransport: () => OpenTransport | Promise<OpenTransport>
  readonly onError: OnError
}

/** One attempt to reach the relay, and the connection that comes of it. */
export interface Line {
  /** Sends a frame; false before it is open. */
  send(frame: ClientFrame): boolean
  /** Leaves it: nothing is told any more. */
  close(code?: number): void
}

const client = 'wildcast-js/0.1.0'

/** Asks for a token, opens a transport, and says hello. */
export function openLine(settings: LineSettings, events: LineEvents): Line {
  let state: 'opening' | 'open' | 'closed' = 'opening'
  let transport: Transport | undefined

  const close = (reason: WildcastError, final: boolean): void => {
    if (state === 'closed') return
    state = 'closed'
    events.close(reason, final)
  }

  const connect = (token: string | undefined, openTransport: OpenTransport): Transport =>
    openTransport(
      {
        open() {
          if (state === 'closed') return
          state = 'open'
          transport?.send({ kind: 'Connect', token, client })
          events.open()
        },
        frame: (frame) => state === 'open' && events.frame(frame),
        fault: (error) => settings.onError(error, { stage: 'protocol' }),
        close: (how) => close(toCloseError(how), how.code >= firstFinalCloseCode),
      },
      settings,
    )

  const start = async (): Promise<void> => {
    const { token, loadTransport } = settings
    let stage: ErrorStage = 'token'
    try {
      const proof = typeof token === 'function' ? await token() : token
      stage = 'transport'
      const openTransport = await loadTransport()
      if (state === 'opening') transport = connect(proof, openTransport)
    } catch (cause) {
      if (state !== 'opening') return
      const error = WildcastError.from(cause)
      settings.onError(error, { stage })
      close(error, false)
    }
  }
  void start()

  return {
    send(frame) {
      if (state !== 'open') return false
      transport?.send(frame)
      return true
    },
    close(code) {
      state = 'closed'
      transport?.close(code)
    },
  }
}
