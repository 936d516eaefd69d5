import type { Client } from '@wildcast/client'
import { brokerFor, type Sample, type Source } from './source.js'

/** Publishes what sources give until the process ends, at uneven intervals as real sources do. */
export function runSources(client: Client, sources: readonly Source[]): void {
  for (const source of sources) runSource(client, source)
}

function runSource(client: Client, source: Source): void {
  const again = (): void => {
    publish(client, source, source.next())
    setTimeout(again, source.everyMs * (0.6 + Math.random() * 0.8))
  }
  setTimeout(again, source.everyMs * Math.random())
}

/** Publishes one sample. A source keeps nothing: samples of a time without a broker are lost. */
export function publish(client: Client, { brokers }: Pick<Source, 'brokers'>, { subject, data }: Sample): void {
  const { welcome, status } = client
  if (status.state !== 'online' || !welcome) return
  void client.publish(subject, data, { broker: brokerFor(client, brokers) }).outcome // a refusal is the page's to show
}
