import { DeliveryPanel } from './delivery-panel.js'
import { LatencyPanel } from './latency-panel.js'
import { LiveTable } from './live-table.js'
import { MapPanel } from './map-panel.js'
import { OrdersPanel } from './orders-panel.js'
import { PricesPanel } from './prices-panel.js'
import { SensorsPanel } from './sensors-panel.js'
import { ThroughputPanel } from './throughput-panel.js'
import { Tiles } from './tiles.js'

/** Live charts of sensors, prices, orders and the relay. */
export function Streams() {
  return (
    <div className="grid gap-4 lg:grid-cols-6">
      <div className="lg:col-span-6">
        <Tiles />
      </div>
      <PricesPanel className="lg:col-span-3" />
      <MapPanel className="lg:col-span-3" />
      <SensorsPanel className="lg:col-span-2" />
      <OrdersPanel className="lg:col-span-2" />
      <DeliveryPanel className="lg:col-span-2" />
      <LatencyPanel className="lg:col-span-3" />
      <ThroughputPanel className="lg:col-span-3" />
      <LiveTable className="lg:col-span-6" />
    </div>
  )
}
