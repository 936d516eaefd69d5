import type { Subject } from '@wildcast/protocol'

/**
 * Runs the writes of each subject one after the other. JetStream answers a read between two writes
 * at once, so a write that reads first must wait for those before it.
 */
export class SubjectQueues {
  readonly #last: Map<Subject, Promise<unknown>> = new Map()

  /** Runs at once if no write of the subject is pending. */
  run<Result>(subject: Subject, write: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(subject)
    const running = before === undefined ? write() : before.then(write, write)
    this.#last.set(subject, running)
    const done = (): void => {
      if (this.#last.get(subject) === running) this.#last.delete(subject)
    }
    running.then(done, done)
    return running
  }
}
