/** Style sheets are bundled beside the page's code. */
declare module "*.css";
