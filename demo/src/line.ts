import type { ClientPart, OpenTransport, TransportEvents } from '@wildcast/client'
import { create } from 'zustand'
import { countFrame } from './traffic.js'

/** The line between this page and its relay, which the fault panel breaks. */
interface Line {
  /** No connection is possible before this time, in milliseconds since 1970. */
  readonly cutUntil: number
  /** The URL of a slow way to the relay; without one the page takes the fast way. */
  readonly detour: string | undefined
  /** Bytes a second of the slow way; 0 for the fast one. */
  readonly speed: number
}

export const useLine = create<Line>()(() => ({ cutUntil: 0, detour: undefined, speed: 0 }))

/** Ends the open connection as a broken network does: both sides learn it from silence. */
let breakOpen: ((reason: string) => void) | undefined

/** Breaks the connection, and refuses others for a while. */
export function cut(ms: number): void {
  useLine.setState({ cutUntil: Date.now() + ms })
  breakOpen?.('cut by the fault panel')
}

/** Moves the connection to another way, or back to the fast one. The session survives that. */
export function takeDetour(detour: string | undefined, speed: number): void {
  useLine.setState({ detour, speed })
  breakOpen?.('moved by the fault panel')
}

/** A part of the client that can break its connections, and counts what they carry. */
export const line: ClientPart = ({ reach, publish }) => {
  const load = reach.load.bind(reach)
  reach.load = async () => breakable(await load())
  return publish
}

function breakable(open: OpenTransport): OpenTransport {
  return (events, settings) => {
    const { cutUntil, detour } = useLine.getState()
    if (Date.now() < cutUntil) return refused(events)
    let isOver = false
    const close: TransportEvents['close'] = (how) => {
      if (isOver) return
      isOver = true
      if (breakOpen === breakThis) breakOpen = undefined
      events.close(how)
    }
    const inner = open(
      {
        open: () => isOver || events.open(),
        frame(frame, bytes = 0) {
          if (isOver) return
          countFrame(frame, bytes)
          events.frame(frame, bytes)
        },
        fault: (error, ref) => isOver || events.fault(error, ref),
        close,
      },
      { ...settings, url: detour ?? settings.url },
    )
    const breakThis = (reason: string): void => {
      inner.close()
      close({ code: 1006, reason })
    }
    breakOpen = breakThis
    return inner
  }
}

/** A connection that never comes about. Events must not come before the call has returned. */
function refused(events: TransportEvents): ReturnType<OpenTransport> {
  queueMicrotask(() => events.close({ code: 1006, reason: 'cut by the fault panel' }))
  return { send: () => {}, close: () => {} }
}
