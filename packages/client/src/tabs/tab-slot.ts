import { onPageLife } from '../connection/wake.js'
import type { Undo } from '../time/clock.js'
import { tabCount } from './ref.js'
import { type MemberPorts, TabMember } from './tab-member.js'
import { holdNumber } from './tab-platform.js'

/** The slot of a tab in a group of tabs that share a connection. */
export class TabSlot {
  readonly group: string
  readonly #ports: MemberPorts
  /** Called when the page is left. */
  readonly #hide: () => void
  readonly #undos: Undo[] = []
  #member: TabMember | undefined
  #isOver = false

  constructor(group: string, ports: MemberPorts, hide: () => void) {
    this.group = group
    this.#ports = ports
    this.#hide = hide
  }

  /** Undefined until the tab has a number. */
  get member(): TabMember | undefined {
    return this.#member
  }

  /** Joins the group. */
  async take(): Promise<void> {
    const { platform, clock } = this.#ports
    const first = Math.floor(clock.random() * tabCount)
    const { number, release } = await holdNumber(platform, this.group, first, tabCount)
    this.#undos.push(release)
    if (this.#isOver) {
      release()
      return
    }
    const member = new TabMember(this.group, number, this.#ports)
    this.#member = member
    const off = new AbortController()
    globalThis.addEventListener?.('pagehide', this.#hide, { signal: off.signal })
    this.#undos.push(
      onPageLife({ wake: () => member.wake(), suspend() {} }),
      () => off.abort(),
      () => member.end(),
    )
  }

  leave(): void {
    this.#isOver = true
    for (const undo of this.#undos.splice(0).reverse()) undo()
  }
}
