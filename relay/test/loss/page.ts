import { createClient } from '@wildcast/client'
import { type Participant, participate } from './participant.js'

/** The functions of a test page: bundled, and added to an empty page. */
export interface LossPage {
  open(url: string, name: string): Promise<void>
  begin(paceMs: number): void
  end(): Promise<void>
  state(): Pick<Participant, 'outcomes' | 'received'>
}

let participant: Participant | undefined

const lossPage: LossPage = {
  async open(url, name) {
    participant = participate(createClient({ url, onError: () => {} }), name)
    await participant.ready
  },
  begin: (paceMs) => participant?.begin(paceMs),
  end: async () => participant?.end(),
  state: () => ({ outcomes: participant?.outcomes ?? [], received: participant?.received ?? [] }),
}

Object.assign(globalThis, { lossPage })
