import { useRef } from "preact/hooks"
import { useMissing } from "./missing-picture.ts"
import { useLanguage } from "./page-language.ts"

/** A picture of a product. */
export interface GalleryPicture {
  readonly url: string
  /** Empty: it shows nothing that the text does not say. */
  readonly alt: string
}

interface GalleryProps {
  readonly pictures: readonly GalleryPicture[]
  /** The picture to show first, such as that of the chosen variant, in the place of the product's own. */
  readonly first: GalleryPicture
}

/** A product's pictures. Several stand in a row that can be swiped, with a button for each of them below. */
export function Gallery({ pictures, first }: GalleryProps) {
  const { words } = useLanguage()
  const row = useRef<HTMLUListElement>(null)
  const [own, ...others] = pictures
  if (own === undefined) return null
  const shown = [first.url === own.url ? own : first, ...others]
  if (others.length === 0) return <div class="picture">{shown.map((one) => picture(one))}</div>
  return (
    <div class="gallery">
      <ul class="gallery-row" ref={row} tabIndex={0} aria-label={words.pictures}>
        {shown.map((one, index) => (
          <li class="picture" key={index}>
            {picture(one, index > 0)}
          </li>
        ))}
      </ul>
      <div class="gallery-choice">
        {shown.map(({ url }, index) => (
          <button
            key={index}
            type="button"
            aria-label={words.showPicture(index + 1, shown.length)}
            onClick={() => scrollTo(row.current, index)}
          >
            <Thumbnail key={url} url={url} />
          </button>
        ))}
      </div>
    </div>
  )
}

function picture(one: GalleryPicture, isLater = false) {
  return <Picture key={one.url} {...one} isLater={isLater} />
}

/** Scrolls the row alone; the page stays where it is. */
function scrollTo(row: HTMLUListElement | null, index: number): void {
  const target = row?.children[index]
  if (row === null || !(target instanceof HTMLElement)) return
  const distance = target.getBoundingClientRect().left - row.getBoundingClientRect().left
  row.scrollBy({ left: distance })
}

/** A picture; one that cannot be loaded leaves its place empty, with what it shows in words. */
function Picture({ url, alt, isLater }: GalleryPicture & { readonly isLater: boolean }) {
  const { isMissing, image } = useMissing()
  if (isMissing) return <p class="picture-missing">{alt}</p>
  const loading = isLater ? "lazy" : undefined
  return <img {...image} src={url} alt={alt} width="800" height="600" loading={loading} decoding="async" />
}

/** A small picture beside words that say what it is. */
export function Thumbnail({ url }: { readonly url: string }) {
  const { isMissing, image } = useMissing()
  if (isMissing) return null
  return <img {...image} src={url} alt="" width="64" height="48" loading="lazy" decoding="async" />
}
