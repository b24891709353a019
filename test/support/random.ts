export { seededRandom } from "../../src/simulator/random.ts"
