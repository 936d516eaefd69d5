import { road } from './road.js'
import { stream, streamUrl } from './stream.js'
import type { OpenTransport, Transport, TransportEvents } from './transport.js'
import { websocket } from './websocket.js'

/** Some proxies swallow a handshake. Less than the client waits for an attempt, so that HTTP has its turn within it. */
const handshakeMs = 4000

/**
 * After a WebSocket that never opened. Where the relay answers plain HTTP, another WebSocket is tried, and if that is refused too, everything goes over HTTP, which the
 * tab remembers. Where nothing answers, nothing is known, and the next try begins with a WebSocket again.
 */
export const fallback: OpenTransport = (events, settings) => {
  const leave = new AbortController()
  let way: Transport | undefined
  let stopClock = (): void => {}
  let there = false
  let closed = false

  const forget = (): void => {
    road.blocked = remember(false)
  }
  const arrive = (blocked: boolean): void => {
    there = true
    stopClock()
    road.blocked = remember(blocked)
  }
  const fail: TransportEvents['close'] = (how) => {
    events.close(how)
    if (!there) forget() // last, since the link remembers what never opened
  }
  const overHttp = (): void => {
    const told: TransportEvents = {
      ...events,
      frame(frame) {
        if (frame.kind === 'Welcome') arrive(true)
        events.frame(frame)
      },
      close: fail,
    }
    way = stream(told, settings)
  }
  const bySocket = (): void => {
    let refused = false
    const refuse = (): void => {
      if (refused || closed) return
      refused = true
      stopClock()
      way?.close()
      overHttp()
    }
    const told: TransportEvents = {
      ...events,
      open() {
        if (refused) return
        arrive(false)
        events.open()
      },
      close(how) {
        if (refused) return
        if (there) events.close(how)
        else refuse()
      },
    }
    stopClock = settings.clock.after(handshakeMs, refuse)
    try {
      way = websocket(told, settings)
    } catch {
      refuse() // as the policy of a page may do at once
    }
  }

  if (remembered()) overHttp()
  else
    void answers(settings.url, leave.signal).then((is) => {
      if (closed) return
      if (is) bySocket()
      else fail({ code: 1006, reason: 'the relay can not be reached' })
    })
  return {
    send: (frame) => way?.send(frame),
    close(code) {
      closed = true
      stopClock()
      leave.abort()
      if (!there && code === undefined) forget() // it took too long
      way?.close(code)
    },
  }
}

/** Whether a relay is behind the URL. Why it is not, the next try by WebSocket will tell. */
async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(streamUrl(url), { method: 'HEAD', signal }).catch(() => undefined)
  return response?.status === 204
}

function remembered(): boolean {
  try {
    return !!sessionStorage.wildcast
  } catch {
    return false // nothing can be kept here
  }
}

function remember(blocked: boolean): boolean {
  try {
    if (blocked) sessionStorage.wildcast = 'http'
    else delete sessionStorage.wildcast
  } catch {
    // It is known as long as the page is.
  }
  return blocked
}
