import { Empty } from '../ui/empty.js'

/** Live charts of sensors, prices, orders and the relay. */
export function Dashboard() {
  return <Empty title="Dashboard" />
}
