import { type ComponentPorts, type Components, openComponents } from '../components/open-components.js'
import { interestOfComponent } from '../components/subscription.js'
import type { ComponentConfig } from './config/config.js'
import type { Modules } from './modules.js'
import { componentThread } from './thread/component-thread.js'

/**
 * Runs the components of a configuration, each in a thread of its own.
 * @throws {WildcastError} `internal` if a module can't be loaded: it names the component and file
 * @param openLoader - opens the loader of each thread; by default they load modules by Node
 */
export function runComponents(
  components: readonly ComponentConfig[],
  ports: ComponentPorts,
  openLoader?: Modules['openLoader'],
): Promise<Components> {
  const options = components.map(({ source, config, timeoutMs, memoryMb, ...component }) => {
    const { pattern } = interestOfComponent(component.subscription)
    const start = { id: component.id, broker: component.broker, pattern, source, config }
    return {
      ...component,
      open: componentThread({ start, timeoutMs, memoryMb, clock: ports.inside.clock, openLoader }),
    }
  })
  return openComponents(options, ports)
}
