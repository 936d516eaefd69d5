import { useEffect } from 'react'
import { useConnection } from '../bridge.js'
import { ViewHeader } from '../shell/view-header.js'
import { Button } from '../ui/button.js'
import { goLive } from './live.js'
import { DeliveryPanel } from './panels/delivery-panel.js'
import { LatencyPanel } from './panels/latency-panel.js'
import { LiveTable } from './panels/live-table.js'
import { MapPanel } from './panels/map-panel.js'
import { OrdersPanel } from './panels/orders-panel.js'
import { PricesPanel } from './panels/prices-panel.js'
import { SensorsPanel } from './panels/sensors-panel.js'
import { ThroughputPanel } from './panels/throughput-panel.js'
import { Tiles } from './panels/tiles.js'
import { useDashboard } from './store.js'
import { usePacked } from './streams.js'

/** Live charts of sensors, prices, orders and the relay. */
export function Dashboard() {
  useEffect(goLive, [])
  useConnection() // brokers are known once it is online
  usePacked()
  return (
    <>
      <ViewHeader title="Dashboard" note="A fruit trader's streams, live from every broker">
        <Pause />
      </ViewHeader>
      <div className="relative min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid max-w-[100rem] gap-4 p-4 md:p-6 lg:grid-cols-6">
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
      </div>
    </>
  )
}

function Pause() {
  const paused = useDashboard((dashboard) => dashboard.paused)
  return (
    <Button
      icon={paused ? 'play' : 'pause'}
      aria-pressed={paused}
      onClick={() => useDashboard.setState({ paused: !paused })}
    >
      {paused ? 'Resume' : 'Pause'}
    </Button>
  )
}
