import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** A slow line carries its bytes in portions of this time, in milliseconds. */
const portionMs = 50

export interface SlowLineOptions {
  /** The address of the relay. */
  readonly host: string
  readonly port: number
  /** The request of the page, as it is to reach the relay. */
  readonly head: string
  /** Bytes a second that the relay gets rid of. */
  readonly bytesPerSecond: number
}

/**
 * Joins the socket of a page with the relay, by a line that is slow towards the page. The relay
 * learns that by TCP: its socket does not take more.
 */
export function openSlowLine(page: Duplex, { host, port, head, bytesPerSecond }: SlowLineOptions): void {
  const relay = connect(port, host)
  const end = (): void => {
    page.destroy()
    relay.destroy()
  }
  for (const side of [page, relay]) side.on('error', end).on('close', end)
  relay.write(head)
  page.pipe(relay)
  trickle(relay, page, bytesPerSecond).then(end, end)
}

async function trickle(from: Socket, to: Duplex, bytesPerSecond: number): Promise<void> {
  const portion = Math.max(1, Math.round((bytesPerSecond * portionMs) / 1000))
  for await (const chunk of from) {
    const bytes: Buffer = chunk
    for (let at = 0; at < bytes.length; at += portion) {
      const part = bytes.subarray(at, at + portion)
      to.write(part)
      await delay((part.length / portion) * portionMs)
    }
  }
}
