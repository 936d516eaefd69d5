import type { Message } from '@wildcast/client'
import type { Tested } from '../../../client/src/testing/tested.js'

/** Another client that serves a subject, and whose answers the test gives. */
export interface Responder {
  /** The data of the requests that have arrived, in order. */
  readonly asked: readonly unknown[]
  /** Answers a request. @param index - @default the newest */
  answer(data: unknown, index?: number): void
}

/** Serves a subject at the relay of a test. */
export async function respond({ relay }: Pick<Tested, 'relay'>, subject: string): Promise<Responder> {
  const asked: unknown[] = []
  const answers: ((data: unknown) => void)[] = []
  relay.createClient().serve(subject, ({ data }: Message) => {
    asked.push(data)
    return new Promise((resolve) => answers.push(resolve))
  })
  await relay.settled()
  return {
    asked,
    answer(data, index = asked.length - 1) {
      const give = answers[index]
      if (!give) throw new Error(`there is no request ${index} on ${subject}: ${asked.length} have arrived`)
      give(data)
    },
  }
}
