import { WildcastError } from '@wildcast/protocol'
import type { Broker, OpenBroker } from './broker.js'
import type { Observer } from './observer.js'
import type { OnFailure } from './outlet.js'

/** A broker that was opened, and whether it is reached. */
export interface BrokerLink {
  readonly broker: Broker
  readonly status: 'up' | 'down'
  /** Why it is down. */
  readonly cause?: WildcastError | undefined
  /**
   * Runs at once, or inside the link's return, when whoever was there was told of the gap. Returns
   * the undo.
   */
  whenUp(run: () => void): () => void
  /**
   * Resolves when the work has ended, well or not, or the link is lost, over which it may take
   * long.
   */
  untilDown(work: Promise<unknown>): Promise<void>
}

export interface BrokerLinkOptions {
  readonly name: string
  readonly onError: OnFailure
  readonly observer: Observer
  /** The broker is reached again, and nothing was delivered since it was lost. */
  returned(): void
}

export async function openLink(
  open: OpenBroker,
  { name, onError, observer, returned }: BrokerLinkOptions,
): Promise<BrokerLink> {
  const link: Pick<{ -readonly [Key in keyof BrokerLink]: BrokerLink[Key] }, 'status' | 'cause'> = { status: 'down' }
  const [forUp, forDown] = [new Set<() => void>(), new Set<() => void>()]
  let told: BrokerLink['status'] | undefined

  const broker = await open({
    status(now, cause) {
      const returns = link.status === 'down' && now === 'up'
      link.status = now
      link.cause = now === 'up' ? undefined : WildcastError.from(cause ?? 'the link is down', 'broker_down')
      if (told !== now) observer.status(name, now) // while it is down, it may only have found another reason
      told = now
      if (returns) returned()
      const waiting = now === 'up' ? forUp : forDown
      for (const run of waiting) {
        waiting.delete(run)
        run()
      }
      if (link.cause) onError(link.cause, { stage: 'broker', broker: name })
    },
    dropped: (why) => observer.dropped(name, why),
  })

  return Object.assign(link, {
    broker,
    whenUp(run: () => void) {
      if (link.status === 'up') run()
      else forUp.add(run)
      return () => forUp.delete(run)
    },
    async untilDown(work: Promise<unknown>) {
      let goOn = (): void => {}
      const down = new Promise<void>((resolve) => {
        goOn = resolve
      })
      forDown.add(goOn)
      await Promise.race([down, work.catch(() => {})])
      forDown.delete(goOn)
    },
  })
}
