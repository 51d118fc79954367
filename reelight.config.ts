import type { ConfigFile } from './infra/config.ts';

/**
 * Your deployments to AWS: what is to be otherwise than the presets of `infra/presets.ts` say. `infra/settings.ts`
 * describes every setting; a wrong one fails synthesis with a line that says which.
 *
 *     npx cdk deploy --all                      # prod
 *     npx cdk deploy --all -c preset=dev
 *     npx cdk deploy --all -c preset=dev -c name=reelight-mine -c workersMax=2
 */
export default {
  dev: {},
  prod: {},
} satisfies ConfigFile;
