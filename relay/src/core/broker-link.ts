import { WildcastError } from '@wildcast/protocol'
import type { Broker, OpenBroker } from './broker.js'
import type { Observer } from './observer.js'
import type { OnFailure } from './outlet.js'

/** An opened broker and the status of its link. */
export interface BrokerLink {
  readonly broker: Broker
  readonly status: 'up' | 'down'
  /** Why it is down. */
  readonly cause?: WildcastError | undefined
  /**
   * Runs the callback now if the link is up, else when it is up again, after subscribers were
   * notified of the gap. Returns the undo.
   */
  whenUp(run: () => void): () => void
  /**
   * Runs the callback each time the link is up again, after subscribers were notified of the gap.
   * Returns the undo.
   */
  whenBack(run: () => void): () => void
  /**
   * Resolves when the work has settled or the link is lost: without a link, work may take long.
   */
  untilDown(work: Promise<unknown>): Promise<void>
}

export interface BrokerLinkOptions {
  readonly name: string
  readonly onError: OnFailure
  readonly observer: Observer
  /** Called each time the link is lost. */
  lost(): void
  /** Called each time the link is up again, before anything new is delivered. */
  returned(): void
}

/** Opens a broker and tracks the status of its link. */
export async function openLink(
  open: OpenBroker,
  { name, onError, observer, lost, returned }: BrokerLinkOptions,
): Promise<BrokerLink> {
  const link: Pick<{ -readonly [Key in keyof BrokerLink]: BrokerLink[Key] }, 'status' | 'cause'> = { status: 'down' }
  const [forUp, forDown, forReturn] = [new Set<() => void>(), new Set<() => void>(), new Set<() => void>()]
  let reported: BrokerLink['status'] | undefined

  const broker = await open({
    status(now, cause) {
      const drops = link.status === 'up' && now === 'down'
      const returns = link.status === 'down' && now === 'up'
      link.status = now
      link.cause = now === 'up' ? undefined : WildcastError.from(cause ?? 'the link is down', 'broker_down')
      if (reported !== now) observer.status(name, now) // the cause alone may change while it is down
      reported = now
      if (drops) lost()
      if (returns) returned()
      if (returns) for (const run of [...forReturn]) run()
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
    whenBack(run: () => void) {
      forReturn.add(run)
      return () => forReturn.delete(run)
    },
    async untilDown(work: Promise<unknown>) {
      let release = (): void => {}
      const down = new Promise<void>((resolve) => {
        release = resolve
      })
      forDown.add(release)
      await Promise.race([down, work.catch(() => {})]) // the caller has the work, with its failure
      forDown.delete(release)
    },
  })
}
