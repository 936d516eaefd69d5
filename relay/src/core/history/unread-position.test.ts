import { type ErrorCode, WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { rule } from '../../testing/history-under-test.js'
import { recordingOutlet } from '../../testing/recording-outlet.js'
import { scriptedBroker } from '../../testing/scripted-broker.js'
import { relayOn, subscribe } from '../../testing/scripted-relay.js'
import { everything } from '../access/identity.js'
import type { OpenBroker } from '../broker.js'
import { HistoryRules } from '../history-rules.js'
import type { HistoryStore } from '../history-store.js'

/** A broker whose history can't be read, for this reason. */
function unreadable(code: ErrorCode): OpenBroker {
  const fails = (): Promise<never> => Promise.reject(new WildcastError(code, 'as the test wants'))
  const rules = new HistoryRules([rule('a')])
  const history: HistoryStore = { rules, append: fails, historyPage: fails, historyState: fails }
  const { open } = scriptedBroker({ history: true })
  return async (events) => ({ ...(await open(events)), history })
}

it.each<[ErrorCode, string[]]>([
  ['forbidden', ['history forbidden']],
  ['internal', ['history internal']],
  ['broker_down', []],
  ['interrupted', []],
])(
  'a subscription whose position can not be read (%s) is confirmed without one, and reported',
  async (code, wanted) => {
    const { relay, errors } = await relayOn(undefined, { brokers: { main: unreadable(code) } })
    const session = relay.open(recordingOutlet(), everything)
    expect(await subscribe(session, 'a')).toMatchObject({ position: undefined })
    expect(errors).toEqual(wanted)
  },
)
