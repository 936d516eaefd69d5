import type { Gateway } from '../gateways/gateway.js'
import type { Control } from './admin/control.js'
import type { Config } from './config/config.js'
import type { HostServer } from './guest.js'
import { type PortGatewaysOptions, portGateways } from './port-gateways.js'
import type { ServeAllOptions } from './serve.js'

interface PortOptions extends Pick<PortGatewaysOptions, 'issueTicket'> {
  /** Serves the first gateway in place of its port. */
  readonly host: HostServer | undefined
  readonly metrics: Gateway
  readonly control: Control
}

/** The ports of a configuration; that for operators comes last. A host has the first gateway. */
export function serversOf(
  { gateways, admin, namespaces }: Config,
  options: PortOptions,
): Pick<ServeAllOptions, 'endpoints' | 'guests'> {
  const { metrics, control, issueTicket, host } = options
  // The labels of metrics name the brokers of all namespaces.
  const isPublic = !admin && !namespaces
  const [first, ...others] = gateways.map((gateway) => ({
    ...gateway,
    gateways: portGateways({ ...gateway, metrics: isPublic ? metrics : undefined, issueTicket }),
  }))
  const open = first && !host ? [first, ...others] : others
  const operators = admin ? [{ ...admin, gateways: control.gateways(metrics, admin.host) }] : []
  return { endpoints: [...open, ...operators], guests: first && host ? [{ ...first, on: host }] : [] }
}
