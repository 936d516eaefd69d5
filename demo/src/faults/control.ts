import type { DataOf } from '@wildcast/contract'
import { create } from 'zustand'
import type { contract } from '../../contract.js'
import { client } from '../bridge.js'
import { note } from '../journal.js'
import { takeDetour } from '../line.js'

/** The demo's own endpoint on this machine: see demo/server/src/faults/control.ts. */
type Control = DataOf<typeof contract, 'reply', 'demo.control'>

interface ControlState {
  /** Undefined while it is not known; null if the page can't use one. */
  readonly control: Control | undefined | null
  /** The broker that is being restarted. */
  readonly restarting: string | undefined
}

export const useControl = create<ControlState>()(() => ({ control: undefined, restarting: undefined }))

const isHere = ['localhost', '127.0.0.1'].includes(location.hostname)

/** Asks who runs beside the relay. Without an answer there is no control. */
export async function findControl(): Promise<void> {
  if (!isHere) return useControl.setState({ control: null })
  try {
    const { data } = await client.request('demo.control', {}, { timeoutMs: 5000 })
    useControl.setState({ control: data })
  } catch {
    useControl.setState({ control: null })
  }
}

/** Kills a broker, which the control starts again a few seconds later. */
export async function restart(broker: string): Promise<void> {
  const { control } = useControl.getState()
  if (!control) return
  useControl.setState({ restarting: broker })
  note('quiet', `you restart ${broker}`)
  try {
    const headers = { authorization: `Bearer ${control.token}` }
    const { status } = await fetch(`${control.url}/brokers/${broker}/restart`, { method: 'POST', headers })
    if (status === 204) note('quiet', `the program of ${broker} runs again`)
    else note('bad', `the control refuses to restart ${broker}: ${status}`)
  } catch {
    note('bad', 'the control of the demo is gone')
  } finally {
    useControl.setState({ restarting: undefined })
  }
}

/** Leads the connection over a slow line, or with 0 back to the fast one. */
export function slowDown(bytesPerSecond: number): void {
  const { control } = useControl.getState()
  if (bytesPerSecond > 0 && !control) return
  note('quiet', bytesPerSecond > 0 ? `you take a line of ${bytesPerSecond / 1000} kB/s` : 'you take the fast line')
  const query = new URLSearchParams({ token: control?.token ?? '', 'bytes-per-second': `${bytesPerSecond}` })
  takeDetour(bytesPerSecond > 0 ? `${control?.url.replace('http', 'ws')}/ws?${query}` : undefined, bytesPerSecond)
}
