import { usePage } from '../page.js'
import { Icon } from '../ui/icon.js'

/** A line that names the part of the URL that is not here, and the one in its place. */
export function UrlNotice() {
  const missing = usePage((page) => page.missing)
  if (!missing) return null
  return (
    <div role="alert" className="flex items-center gap-3 border-line border-b bg-warn/10 pr-2 pl-4 text-sm md:pl-6">
      <Icon name="warning" className="size-4 text-warn" />
      <p className="min-w-0 flex-1 break-words py-2">
        There is no {missing.kind} “<bdi>{missing.name.slice(0, 80)}</bdi>” here: you see{' '}
        {missing.instead === undefined ? 'the default one' : <bdi>{missing.instead}</bdi>}.
      </p>
      <button
        type="button"
        aria-label="Close"
        onClick={() => usePage.setState({ missing: undefined })}
        className="grid size-9 shrink-0 place-items-center rounded-lg text-quiet transition-colors hover:bg-raised
          hover:text-text touch:size-11"
      >
        <Icon name="close" />
      </button>
    </div>
  )
}
