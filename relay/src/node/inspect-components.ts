import { WildcastError } from '@wildcast/protocol'
import { interestOfComponent } from '../components/subscription.js'
import type { ComponentConfig } from './config/config.js'
import type { Problem } from './config/config-error.js'
import { ModuleFault } from './thread/module-fault.js'
import { RunningThread } from './thread/running-thread.js'
import { wakefulClock } from './workers/clock.js'

/**
 * Returns what keeps modules of components from being loaded. Each is loaded in a thread, which
 * ends at once.
 */
export async function inspectComponents(components: readonly ComponentConfig[]): Promise<readonly Problem[]> {
  return (await Promise.all(components.map(inspectComponent))).flat()
}

async function inspectComponent(component: ComponentConfig): Promise<readonly Problem[]> {
  const { id, broker, source, config, subscription, timeoutMs, memoryMb } = component
  const start = { id, broker, pattern: interestOfComponent(subscription).pattern, source, config }
  const thread = new RunningThread({ start, timeoutMs, memoryMb, clock: wakefulClock, ended: () => {} })
  try {
    await thread.load()
    return []
  } catch (cause) {
    if (cause instanceof ModuleFault)
      return [{ file: cause.file, line: cause.line, message: `component "${id}": ${cause.why}` }]
    return [{ file: source, message: `component "${id}": ${WildcastError.from(cause).message}` }]
  } finally {
    thread.close()
  }
}
