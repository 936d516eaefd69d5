import { Empty } from '../ui/empty.js'

export function Explorer() {
  return <Empty title="Explorer" />
}
