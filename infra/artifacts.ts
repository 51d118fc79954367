import type { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Code, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import type { BundleName } from './bundle.ts';
import type { SignIn } from './issuer.ts';

/** What is made of our sources before a deployment, and where the stacks find it. */
export interface Artifacts {
  /** One bundled function: `index.mjs` with `handler`. */
  zip(name: BundleName): Code;
  /** The metadata function with its FFmpeg, where functions can be images. */
  metadataImage(): DockerImageCode;
  enhancerImage(): ContainerImage;
  site(): Site;
}

/** The static files behind the distribution, in folders that are named by what is in them. */
export interface Site {
  /** The page's scripts and styles. */
  assets: string;
  /** `index.html`, for the origin that sources are sent to, and who signs people in. */
  html(storage: string, signIn?: SignIn): string;
  /** The scripts of the API's documentation. */
  docs: string;
}
