/**
 * Reads a configuration, and runs it on a server of another program, such as Vite's.
 * @module
 */

export { type Clock, realClock } from './core/clock.js'
export { type Observer, observers } from './core/observer.js'
export { refuseHandshake } from './gateways/gateway.js'
export type { Config, GatewayConfig } from './node/config/config.js'
export { configEnvironment } from './node/config/config-environment.js'
export { ConfigError, type Problem } from './node/config/config-error.js'
export { interpret, readConfig, usualConfig } from './node/config/read-config.js'
export type { HostServer } from './node/guest.js'
export { logTo, type WriteLine } from './node/log.js'
export type { Modules, OpenLoader, ThreadLoader } from './node/modules.js'
export { type Monitoring, openMonitoring } from './node/monitoring.js'
export type { ReloadModules } from './node/reload-modules.js'
export { type RunConfigOptions, type RunningConfig, runConfig } from './node/run-config.js'
export { ModuleFault } from './node/thread/module-fault.js'
