import type { BrokerMessage } from '@wildcast/protocol'

/** What was delivered, and a promise for what is still to come. */
export class Inbox {
  readonly messages: BrokerMessage[] = []
  undo: () => Promise<void> = async () => {}
  #wake: () => void = () => {}

  put(message: BrokerMessage): void {
    this.messages.push(message)
    this.#wake()
  }

  /** Takes so many messages, once they are there. */
  async take(count: number): Promise<BrokerMessage[]> {
    while (this.messages.length < count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.messages.splice(0, count)
  }
}
