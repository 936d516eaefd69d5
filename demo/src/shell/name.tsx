import { usePage } from '../page.js'
import { Avatar } from '../ui/avatar.js'

/** The name that others see in the chat. */
export function Name() {
  const { name, rename } = usePage()
  return (
    <label className="flex items-center gap-2">
      <Avatar name={name} />
      <span className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="text-quiet text-xs">Your name</span>
        <input
          dir="auto"
          value={name}
          maxLength={40}
          autoComplete="nickname"
          placeholder="Guest"
          onChange={(event) => rename(event.target.value)}
          className="-mx-2 min-h-6 min-w-0 rounded-md bg-transparent px-2 font-medium text-sm ring-1 ring-transparent
            transition-colors hover:ring-line focus:bg-ink focus:ring-line touch:mx-0 touch:min-h-11 touch:text-base
            touch:ring-line"
        />
      </span>
    </label>
  )
}
