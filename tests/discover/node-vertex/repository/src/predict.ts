const region = process.env.REGION ?? "europe-west4";
export const url = `https://${region}-aiplatform.googleapis.com/v1/projects/invoices/locations/${region}`;
