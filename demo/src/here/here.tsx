import { useConnection } from '../bridge.js'
import { usePresence } from '../hooks.js'
import { storeOf } from '../stores.js'
import { Avatar } from '../ui/avatar.js'

const mostShown = 5

/** The users with an open page of the demo, and their views. */
export function Here() {
  useConnection()
  const broker = storeOf('here')
  const { members } = usePresence(broker === null ? null : 'demo.here', undefined, { broker: broker ?? undefined })
  const others = members.length - mostShown
  return (
    <div className="flex min-h-7 min-w-0 items-center gap-2">
      <ul aria-label="Who is here" className="flex gap-1">
        {members.slice(0, mostShown).map(({ key, data, isSelf }) => (
          <li key={key} title={`${data.name || 'Guest'}, in the ${data.view}`}>
            <Avatar name={data.name || 'Guest'} isSmall />
            <span className="sr-only">
              {data.name || 'Guest'}
              {isSelf ? ' (you)' : ''}, in the {data.view}
            </span>
          </li>
        ))}
      </ul>
      <p className="whitespace-nowrap text-quiet text-xs tabular-nums">
        {others > 0 ? `+${others}, ` : ''}
        {members.length} here
      </p>
    </div>
  )
}
