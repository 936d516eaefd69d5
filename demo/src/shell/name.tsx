import { usePage } from '../page.js'
import { Avatar } from '../ui/avatar.js'

/** The name that others see in the chat. */
export function Name() {
  const { name, rename } = usePage()
  return (
    <label className="flex items-center gap-2.5">
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
          className="-mx-[7px] min-w-0 rounded-md border border-transparent bg-transparent px-1.5 py-0.5 font-medium
            text-sm transition-colors hover:border-line focus:border-line focus:bg-ink touch:min-h-11
            touch:border-line touch:text-base"
        />
      </span>
    </label>
  )
}
