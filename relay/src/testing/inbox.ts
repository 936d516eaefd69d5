import type { Message } from '@wildcast/protocol'

/** What was delivered, and a promise for what is still to come. */
export class Inbox {
  readonly messages: Message[] = []
  undo: () => Promise<void> = async () => {}
  #wake: () => void = () => {}

  put(message: Message): void {
    this.messages.push(message)
    this.#wake()
  }

  /** Takes so many messages, once they are there. */
  async take(count: number): Promise<Message[]> {
    while (this.messages.length < count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.messages.splice(0, count)
  }
}
