import type { BrokerMessage } from '@wildcast/protocol'

/** Collects delivered messages, and awaits further ones. */
export class Inbox {
  readonly messages: BrokerMessage[] = []
  undo: () => Promise<void> = async () => {}
  #wake: () => void = () => {}

  put(message: BrokerMessage): void {
    this.messages.push(message)
    this.#wake()
  }

  /** Takes `count` messages, once they have arrived. */
  async take(count: number): Promise<BrokerMessage[]> {
    while (this.messages.length < count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.messages.splice(0, count)
  }
}
