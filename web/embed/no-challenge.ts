/** In the place of the storefront's field, so that the element's files contain no widget that it cannot show. */
export const ChallengeField = (): null => null
