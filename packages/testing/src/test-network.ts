import type { ClientCore } from '@wildcast/client'
import type { ClientFrame } from '@wildcast/protocol'
import { demandSpan } from './check-knobs.js'
import type { TestClock } from './clock.js'
import { TestLine } from './test-line.js'
import type { SocketPorts } from './test-socket.js'

/** The connections between a test relay and its clients. */
export class TestNetwork {
  readonly #clock: TestClock
  readonly #lines: Set<TestLine> = new Set()
  readonly #ofClient: Map<ClientCore, TestLine> = new Map()
  /** The frames of all clients, in order. */
  readonly frames: ClientFrame[] = []
  #delayMs = 0
  #over = false

  constructor(clock: TestClock) {
    this.#clock = clock
  }

  /** Adds a line, under the same conditions as the others. */
  line(open: SocketPorts['open']): TestLine {
    const line = new TestLine({ clock: this.#clock, open, sent: (frames) => this.frames.push(...frames) })
    line.delayMs = this.#delayMs
    if (this.#over) line.end()
    this.#lines.add(line)
    return line
  }

  /** The relay is closed, also for clients that are created from now on. */
  end(): void {
    this.#over = true
    for (const line of this.#lines) line.end()
  }

  /** The line is that of a client. */
  assign(client: ClientCore, line: TestLine): void {
    this.#ofClient.set(client, line)
  }

  get clients(): readonly ClientCore[] {
    return [...this.#ofClient.keys()]
  }

  get connections(): number {
    return [...this.#lines].reduce((sum, line) => sum + line.connections, 0)
  }

  delay(ms: number, client: ClientCore | undefined): void {
    demandSpan('delay', ms)
    if (!client) this.#delayMs = ms
    for (const line of this.of(client)) line.delayMs = ms
  }

  /**
   * The lines of a client, or all.
   * @throws {TypeError} if the client is of another relay
   */
  of(client: ClientCore | undefined): readonly TestLine[] {
    if (!client) return [...this.#lines]
    const line = this.#ofClient.get(client)
    if (!line) throw new TypeError('create the client with createClient() of this test relay')
    return [line]
  }
}
