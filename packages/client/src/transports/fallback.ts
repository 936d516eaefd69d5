import { road } from './road.js'
import { stream, streamUrl } from './stream.js'
import type { OpenTransport, Transport, TransportEvents } from './transport.js'
import { websocket } from './websocket.js'

/**
 * After a WebSocket that never opened. Where the relay answers plain HTTP, another WebSocket is tried, and if that is refused too, everything goes over HTTP, which the
 * tab remembers. Where nothing answers, nothing is known, and the next try begins with a WebSocket again.
 */
export const fallback: OpenTransport = (events, settings) => {
  let way: Transport | undefined
  let closed = false

  const unreachable = (): void => {
    road.blocked = remember(false)
    events.close({ code: 1006, reason: 'the relay can not be reached' })
  }
  const overHttp = (): void => {
    let opened = false
    const told: TransportEvents = {
      ...events,
      frame(frame) {
        if (frame.kind === 'Welcome') opened = road.blocked = remember(true)
        events.frame(frame)
      },
      close(how) {
        if (!opened) road.blocked = remember(false)
        events.close(how)
      },
    }
    way = stream(told, settings)
  }
  const bySocket = (): void => {
    let opened = false
    const told: TransportEvents = {
      ...events,
      open() {
        opened = true
        road.blocked = remember(false)
        events.open()
      },
      close(how) {
        if (opened || closed) events.close(how)
        else overHttp()
      },
    }
    way = websocket(told, settings)
  }

  if (remembered()) overHttp()
  else
    void answers(settings.url).then((is) => {
      if (closed) return
      if (is) bySocket()
      else unreachable()
    })
  return {
    send: (frame) => way?.send(frame),
    close(code) {
      closed = true
      way?.close(code)
    },
  }
}

/** Whether a relay is behind the URL. */
async function answers(url: string): Promise<boolean> {
  const response = await fetch(streamUrl(url), { method: 'HEAD' }).catch(() => undefined)
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
