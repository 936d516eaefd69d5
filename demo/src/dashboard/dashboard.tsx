import { useEffect } from 'react'
import { useConnection } from '../bridge.js'
import { Here } from '../here/here.js'
import { correctHash, hashOf, usePage } from '../page.js'
import { ViewHeader } from '../shell/view-header.js'
import { Button } from '../ui/button.js'
import { panelId, Tabs } from '../ui/tabs.js'
import { goLive } from './live.js'
import { Market } from './market/market.js'
import { Streams } from './panels/streams.js'
import { useDashboard } from './store.js'
import { usePacked } from './streams.js'

const parts = [
  { value: 'streams', label: 'Streams' },
  { value: 'market', label: 'Market' },
] as const

/** The streams or the market of a fruit trader: the URL names one. */
export function Dashboard() {
  useEffect(goLive, [])
  useConnection() // brokers are known once it is online
  usePacked()
  const part = usePage(({ parts }) => (parts[0] === 'market' ? 'market' : 'streams'))
  useEffect(() => correctHash(addressOf(part)), [part])
  return (
    <>
      <ViewHeader title="Dashboard" note="A fruit trader's streams and market, live from every broker">
        {part === 'streams' && <Pause />}
      </ViewHeader>
      <div className="relative min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-page flex-col gap-4 p-4 md:p-6">
          <div className="flex flex-col gap-3 sm:flex-row sm:items-center sm:justify-between">
            <div className="w-52">
              <Tabs
                label="Dashboard"
                value={part}
                options={parts}
                onChange={(next) => {
                  location.hash = addressOf(next)
                }}
              />
            </div>
            <Here />
          </div>
          <div role="tabpanel" id={panelId(part)} aria-label={part}>
            {part === 'market' ? <Market /> : <Streams />}
          </div>
        </div>
      </div>
    </>
  )
}

const addressOf = (part: 'streams' | 'market'): string =>
  part === 'market' ? hashOf('dashboard', part) : hashOf('dashboard')

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
